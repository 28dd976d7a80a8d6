"""`http:URL`: a chat endpoint with the OpenAI interface (POST …/chat/completions), one request per segment.

Time-outs, broken connections, statuses 408, 409, 429 and 5xx, and responses without a translation are retried after the
time in Retry-After, or else after 1, 2, 4, … seconds; any other error ends the run with the message of the server.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from corpus_builder.errors import ConfigError, RetryLater, RunError
from corpus_builder.evaluate.testset import Pair
from corpus_builder.languages import language

if TYPE_CHECKING:
    import httpx

_RETRIED = frozenset({408, 409, 429})  # statuses that the OpenAI client libraries retry too, beside 5xx
_LONGEST_WAIT = 300.0  # seconds; chosen: a server that asks for more is as good as down


class ChatOptions(BaseModel):
    """Options of an http: system.

    `prompt` must contain {text} and may contain {source_language} and {target_language}. `api_key_variable` is the
    environment variable with the API key; if it is not set, no key is sent. `timeout` is in seconds, `attempts` per
    segment, `parallel` is the number of requests at a time. `parameters` are added to every request (seed, top_p, …).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    prompt: str = (
        "Translate the following news text from {source_language} into {target_language}. "
        "Answer with the translation only.\n\n{text}"
    )
    temperature: float = Field(default=0.0, ge=0)
    parameters: dict[str, JsonValue] = {}
    api_key_variable: str = "OPENAI_API_KEY"
    timeout: float = Field(default=60, gt=0)
    attempts: int = Field(default=6, ge=1)
    parallel: int = Field(default=4, ge=1, le=64)

    @field_validator("prompt")
    @classmethod
    def _fill(cls, prompt: str) -> str:
        try:
            filled = prompt.format(source_language="", target_language="", text="\0")
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError(
                f"only {{source_language}}, {{target_language}} and {{text}} may be in braces ({error})"
            ) from error
        if "\0" not in filled:
            raise ValueError("must contain {text}, the place of the segment")
        return prompt


class ChatTranslator:
    """Asks a chat endpoint for one segment or document at a time, several requests in parallel."""

    takes_documents: ClassVar[bool] = True

    def __init__(
        self,
        url: str,
        pair: Pair,
        options: ChatOptions,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigError(f"http:{url} is not a web address", next_step="give it as --system NAME=http://HOST/v1")
        self._url = url if url.endswith("/chat/completions") else url.rstrip("/") + "/chat/completions"
        self._options = options
        self._client = client
        self._sleep = sleep
        self._languages = [language(code).name or code for code in (pair.source, pair.target)]
        self.identity: Mapping[str, object] = {
            "kind": "http",
            "url": self._url,
            "pair": str(pair),
            **options.model_dump(include={"model", "prompt", "temperature", "parameters"}),
        }

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield one piece per segment, in the order of the responses.

        After a failure no new request is sent, but running ones are awaited and yielded.
        """
        import httpx

        headers = {}
        key = os.environ.get(self._options.api_key_variable)
        if key:
            headers["Authorization"] = f"Bearer {key}"
        client = self._client or httpx.Client(timeout=self._options.timeout)
        failure: RunError | None = None
        waiting = iter(segments)
        running: dict[Future[str], str] = {}
        with ThreadPoolExecutor(self._options.parallel) as pool:
            while True:
                while failure is None and len(running) < self._options.parallel:
                    segment = next(waiting, None)
                    if segment is None:
                        break
                    running[pool.submit(self._ask, client, headers, segment)] = segment
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    segment = running.pop(future)
                    try:
                        yield {segment: future.result()}
                    except RunError as error:
                        failure = failure or error
        if self._client is None:
            client.close()
        if failure:
            raise failure

    def _ask(self, client: httpx.Client, headers: Mapping[str, str], segment: str) -> str:
        source, target = self._languages
        prompt = self._options.prompt.format(source_language=source, target_language=target, text=segment)
        body = {
            **self._options.parameters,
            "model": self._options.model,
            "temperature": self._options.temperature,
            "messages": [{"role": "user", "content": prompt}],
        }
        for attempt in range(self._options.attempts):
            try:
                answer = _answer(client, self._url, headers, body)
                return answer if "\n" in segment else " ".join(answer.split())
            except RetryLater as error:
                reason = error
                if attempt + 1 < self._options.attempts:
                    self._sleep(min(2.0**attempt if error.after is None else error.after, _LONGEST_WAIT))
        raise RunError(
            f"{self._url}: no translation of {segment[:60]!r} in {self._options.attempts} attempts: {reason}",
            next_step="try again later, or set a smaller `parallel` or more `attempts` in --systems-config",
        )


def _answer(client: httpx.Client, url: str, headers: Mapping[str, str], body: Mapping[str, object]) -> str:
    """Send one request; RetryLater if another one may succeed, RunError if not."""
    import httpx

    try:
        response = client.post(url, headers=headers, json=body)
    except httpx.TransportError as error:
        raise RetryLater(f"{type(error).__name__} {error}".strip()) from error
    status = response.status_code
    if status in _RETRIED or status >= 500:
        raise RetryLater(f"HTTP {status}", _retry_after(response.headers.get("retry-after")))
    if status != 200:
        advice = "check the API key in the environment" if status in (401, 403) else "check the address and the model"
        raise RunError(f"{url} returned HTTP {status}: {response.text[:200]!r}", next_step=advice)
    return _translation(response)


def _translation(response: httpx.Response) -> str:
    try:
        choice = response.json()["choices"][0]
        content, reason = choice["message"]["content"], choice.get("finish_reason")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise RetryLater(f"malformed response ({response.text[:80]!r})") from error
    if reason == "length":
        raise RetryLater("response cut off at the length limit")
    if not isinstance(content, str) or not content.strip():
        raise RetryLater("response without text")
    return "\n".join(" ".join(line.split()) for line in content.split("\n") if line.strip())


def _retry_after(value: str | None) -> float | None:
    """The seconds in a Retry-After header, which has a number or a date."""
    if value is None:
        return None
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
