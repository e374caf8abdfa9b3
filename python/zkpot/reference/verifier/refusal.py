"""Why something is refused."""


class Refusal(Exception):
    """A program, link or run that this verifier does not accept; says what does not hold."""


def require(holds: bool, otherwise: str) -> None:
    """Refuses unless something holds."""
    if not holds:
        raise Refusal(otherwise)
