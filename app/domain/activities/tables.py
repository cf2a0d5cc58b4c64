"""Chat, raised hands, questions, quizzes, polls, shares. Strokes and reactions are in the ledger alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.tables import Base


class Message(Base):
    """A chat message; `to_participant_id` is the one other reader of a private one.

    `group_id` outlives the group, so that what was said in it never looks as if said to all.
    """

    __tablename__ = "messages"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "classroom_id"],
            ["classrooms.tenant_id", "classrooms.classroom_id"],
            ondelete="CASCADE",
        ),
        ForeignKeyConstraint(
            ["tenant_id", "participant_id"],
            ["participants.tenant_id", "participants.participant_id"],
            ondelete="CASCADE",
        ),
        Index("ix_messages_in_order", "tenant_id", "classroom_id", "lesson_id", "seq"),
        # What was said to some only is found without reading all that was said.
        Index(
            "ix_messages_aside",
            "tenant_id",
            "classroom_id",
            "lesson_id",
            "seq",
            postgresql_where=text("to_participant_id IS NOT NULL OR group_id IS NOT NULL"),
        ),
        Index("ix_messages_tenant_id_participant_id", "tenant_id", "participant_id"),
        Index("ix_messages_sent_at", "sent_at"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    classroom_id: Mapped[str]
    lesson_id: Mapped[str | None]
    participant_id: Mapped[str]
    to_participant_id: Mapped[str | None]
    group_id: Mapped[str | None]
    text: Mapped[str]
    sent_at: Mapped[datetime]
    seq: Mapped[int]
    """The number of the message's event in the classroom's ledger: the order of the conversation."""


def _of_lesson() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "lesson_id"], ["lessons.tenant_id", "lessons.lesson_id"], ondelete="CASCADE"
    )


def _of_participant() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["tenant_id", "participant_id"],
        ["participants.tenant_id", "participants.participant_id"],
        ondelete="CASCADE",
    )


class Hand(Base):
    """A hand that is up. A later lesson does not see it: it belongs to the lesson."""

    __tablename__ = "hands"
    __table_args__ = (
        _of_lesson(),
        _of_participant(),
        Index("ix_hands_tenant_id_participant_id", "tenant_id", "participant_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(primary_key=True)
    payload: Mapped[dict[str, Any]]
    seq: Mapped[int]
    """The number of its event: the order of raising."""


class BoardFill(Base):
    """How much somebody has drawn on a page of a lesson's board since it was last cleared."""

    __tablename__ = "board_fills"
    __table_args__ = (_of_lesson(),)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(primary_key=True)
    strokes: Mapped[int]
    points: Mapped[int]


class Question(Base):
    """A question to whoever leads the class, open until it is closed or the lesson ends."""

    __tablename__ = "questions"
    __table_args__ = (
        _of_lesson(),
        _of_participant(),
        Index("ix_questions_tenant_id_lesson_id", "tenant_id", "lesson_id"),
        Index("ix_questions_tenant_id_participant_id", "tenant_id", "participant_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str]
    participant_id: Mapped[str]
    text: Mapped[str]
    asked_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    seq: Mapped[int]


class Quiz(Base):
    """A question with options; one runs at a time. It outlives whoever put it: others answered."""

    __tablename__ = "quizzes"
    __table_args__ = (
        _of_lesson(),
        Index(
            "uq_quizzes_open",
            "tenant_id",
            "lesson_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_quizzes_tenant_id_lesson_id", "tenant_id", "lesson_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    quiz_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str]
    participant_id: Mapped[str]
    question: Mapped[str]
    options: Mapped[list[Any]]
    correct: Mapped[list[Any]]
    changeable: Mapped[bool]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class QuizAnswer(Base):
    """What one participant chose, once; where the quiz lets them, they choose anew."""

    __tablename__ = "quiz_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "quiz_id"], ["quizzes.tenant_id", "quizzes.quiz_id"], ondelete="CASCADE"
        ),
        _of_participant(),
        Index("ix_quiz_answers_tenant_id_participant_id", "tenant_id", "participant_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    quiz_id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(primary_key=True)
    choices: Mapped[list[Any]]


class Poll(Base):
    """A question of opinion; one runs at a time, beside a quiz or not."""

    __tablename__ = "polls"
    __table_args__ = (
        _of_lesson(),
        Index(
            "uq_polls_open",
            "tenant_id",
            "lesson_id",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_polls_tenant_id_lesson_id", "tenant_id", "lesson_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    poll_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str]
    participant_id: Mapped[str]
    question: Mapped[str]
    options: Mapped[list[Any]]
    multiple: Mapped[bool]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PollAnswer(Base):
    """What one participant chose, once."""

    __tablename__ = "poll_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "poll_id"], ["polls.tenant_id", "polls.poll_id"], ondelete="CASCADE"
        ),
        _of_participant(),
        Index("ix_poll_answers_tenant_id_participant_id", "tenant_id", "participant_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    poll_id: Mapped[str] = mapped_column(primary_key=True)
    participant_id: Mapped[str] = mapped_column(primary_key=True)
    choices: Mapped[list[Any]]


class Share(Base):
    """A file that is, or was, before the class in a lesson."""

    __tablename__ = "shares"
    __table_args__ = (
        _of_lesson(),
        ForeignKeyConstraint(
            ["tenant_id", "file_id"], ["files.tenant_id", "files.file_id"], ondelete="CASCADE"
        ),
        Index("ix_shares_tenant_id_file_id", "tenant_id", "file_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    lesson_id: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[str] = mapped_column(primary_key=True)
    shared_at: Mapped[datetime]
    unshared_at: Mapped[datetime | None]
