"""A chat endpoint with the OpenAI interface (POST …/chat/completions), asked several questions at a time.

Time-outs, broken connections, statuses 408, 409, 429 and 5xx, and replies that cannot be used are retried after the
time in Retry-After, or else after 1, 2, 4, … seconds; any other error ends the run with the message of the server.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from corpus_builder.errors import ConfigError, RetryLater, RunError

if TYPE_CHECKING:
    import httpx

_RETRIED = frozenset({408, 409, 429})  # statuses that the OpenAI client libraries retry too, beside 5xx
_LONGEST_WAIT = 300.0  # seconds; chosen: a server that asks for more is as good as down

Accepted = TypeVar("Accepted")
Messages = list[dict[str, str]]
"""A conversation: the role and the content of each message."""


class EndpointOptions(BaseModel):
    """Options of whoever asks an endpoint.

    `api_key_variable` is the environment variable with the API key; if it is not set, no key is sent. `timeout` is in
    seconds, `attempts` per question, `parallel` is the number of requests at a time. `parameters` are added to every
    request (seed, top_p, …).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str
    temperature: float = Field(default=0.0, ge=0)
    parameters: dict[str, JsonValue] = {}
    api_key_variable: str = "OPENAI_API_KEY"
    timeout: float = Field(default=60, gt=0)
    attempts: int = Field(default=6, ge=1)
    parallel: int = Field(default=4, ge=1, le=64)


@dataclass(frozen=True, slots=True)
class Question(Generic[Accepted]):
    """What is asked; `accept` makes of the reply's text what it means, or raises RetryLater. `name` is for messages, as
    "translation of 'Так.'"; `key` tells questions apart.
    """

    key: str
    name: str
    messages: Messages
    accept: Callable[[str], Accepted]


@dataclass(frozen=True, slots=True)
class Reply(Generic[Accepted]):
    """The answer to the question with this key, and the tokens that the server counted: read and written, in all
    attempts; 0 where it does not say.
    """

    key: str
    answer: Accepted
    tokens: tuple[int, int]


class Endpoint:
    """An endpoint at an address: `http://HOST/v1`, or the whole address of its chat completions."""

    def __init__(
        self,
        url: str,
        options: EndpointOptions,
        advice: str,
        client: httpx.Client | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not url.startswith(("http://", "https://")):
            raise ConfigError(f"http:{url} is not a web address", next_step=f"give it as {advice}")
        self.url = url if url.endswith("/chat/completions") else url.rstrip("/") + "/chat/completions"
        self._options, self._client, self._sleep = options, client, sleep

    def replies(self, questions: Iterable[Question[Accepted]]) -> Iterator[Reply[Accepted]]:
        """Yield the replies as they come.

        After a failure no new request is sent, but running ones are awaited and yielded.
        """
        import httpx

        key = os.environ.get(self._options.api_key_variable)
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        client = self._client or httpx.Client(timeout=self._options.timeout)
        failure: RunError | None = None
        waiting = iter(questions)
        running: set[Future[Reply[Accepted]]] = set()
        with ThreadPoolExecutor(self._options.parallel) as pool:
            while True:
                while failure is None and len(running) < self._options.parallel:
                    question = next(waiting, None)
                    if question is None:
                        break
                    running.add(pool.submit(self._ask, client, headers, question))
                if not running:
                    break
                done, running = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    try:
                        yield future.result()
                    except RunError as error:
                        failure = failure or error
        if self._client is None:
            client.close()
        if failure:
            raise failure

    def _ask(self, client: httpx.Client, headers: Mapping[str, str], question: Question[Accepted]) -> Reply[Accepted]:
        body = {
            **self._options.parameters,
            "model": self._options.model,
            "temperature": self._options.temperature,
            "messages": question.messages,
        }
        read = written = 0
        for attempt in range(self._options.attempts):
            try:
                content = _answer(client, self.url, headers, body)
                used = _tokens(content)
                read, written = read + used[0], written + used[1]
                return Reply(question.key, question.accept(_text(content)), (read, written))
            except RetryLater as error:
                reason = error
                if attempt + 1 < self._options.attempts:
                    self._sleep(min(2.0**attempt if error.after is None else error.after, _LONGEST_WAIT))
        raise RunError(
            f"{self.url}: no {question.name} in {self._options.attempts} attempts: {reason}",
            next_step="try again later, or set a smaller `parallel` or more `attempts` in its options",
        )


def _answer(client: httpx.Client, url: str, headers: Mapping[str, str], body: Mapping[str, object]) -> httpx.Response:
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
    return response


def _tokens(response: httpx.Response) -> tuple[int, int]:
    """The tokens read and written, as the server says."""
    try:
        usage = response.json()["usage"]
        return max(0, int(usage["prompt_tokens"])), max(0, int(usage["completion_tokens"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return 0, 0


def _text(response: httpx.Response) -> str:
    """What the model wrote; RetryLater where that is nothing, or not all."""
    try:
        choice = response.json()["choices"][0]
        content, reason = choice["message"]["content"], choice.get("finish_reason")
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise RetryLater(f"malformed response ({response.text[:80]!r})") from error
    if reason == "length":
        raise RetryLater("response cut off at the length limit")
    if not isinstance(content, str) or not content.strip():
        raise RetryLater("response without text")
    return content


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
