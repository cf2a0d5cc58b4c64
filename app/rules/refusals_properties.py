"""How properties say no, where it is not their values' fault."""

from dataclasses import dataclass

from app.rules.refusals import Gone


@dataclass(eq=False)
class ClassOver(Gone):
    """The classroom is over for good; `state` says how. Nothing of it changes any more."""

    state: str

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return f"The class is {self.state}: nothing of it changes any more."
