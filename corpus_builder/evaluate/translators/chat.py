"""`http:URL`: a chat endpoint with the OpenAI interface, one request per segment or document."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from pydantic import field_validator

from corpus_builder.evaluate.endpoint import Endpoint, EndpointOptions, Question
from corpus_builder.evaluate.testset import Pair
from corpus_builder.languages import language

if TYPE_CHECKING:
    import httpx


class ChatOptions(EndpointOptions):
    """Options of an http: system. `prompt` must contain {text} and may contain {source_language} and
    {target_language}.
    """

    prompt: str = (
        "Translate the following news text from {source_language} into {target_language}. "
        "Answer with the translation only.\n\n{text}"
    )

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
        self._endpoint = Endpoint(url, options, "--system NAME=http://HOST/v1", client, sleep)
        self._options = options
        self._languages = [language(code).name or code for code in (pair.source, pair.target)]
        self.identity: Mapping[str, object] = {
            "kind": "http",
            "url": self._endpoint.url,
            "pair": str(pair),
            **options.model_dump(include={"model", "prompt", "temperature", "parameters"}),
        }

    def translate(self, segments: Sequence[str]) -> Iterator[Mapping[str, str]]:
        """Yield one piece per segment, in the order of the responses.

        After a failure no new request is sent, but running ones are awaited and yielded.
        """
        for reply in self._endpoint.replies(map(self._question, segments)):
            yield {reply.key: reply.answer}

    def _question(self, segment: str) -> Question[str]:
        source, target = self._languages
        prompt = self._options.prompt.format(source_language=source, target_language=target, text=segment)

        def accept(content: str) -> str:
            lines = [" ".join(line.split()) for line in content.split("\n") if line.strip()]
            return "\n".join(lines) if "\n" in segment else " ".join(lines)

        return Question(segment, f"translation of {segment[:60]!r}", [{"role": "user", "content": prompt}], accept)
