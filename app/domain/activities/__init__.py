"""What people do in a room: start and end the class, chat, raise hands, ask, draw, hold quizzes, share."""

from app.domain.activities.board import clear_board, draw, turn_page
from app.domain.activities.chatting import Saying, say, say_all
from app.domain.activities.groups import arrange, dissolve, end_groups, regroup
from app.domain.activities.hands import lower_hand, raise_hand
from app.domain.activities.leaving import depart
from app.domain.activities.muting import mute_chat, unmute_chat
from app.domain.activities.polls import answer_poll, end_poll, start_poll
from app.domain.activities.questions import ask, close_question
from app.domain.activities.quizzes import answer_quiz, end_quiz, start_bare_quiz, start_quiz
from app.domain.activities.reactions import react
from app.domain.activities.rewarding import reward
from app.domain.activities.service import end_class, start_class
from app.domain.activities.sharing import open_file, share, unshare
from app.domain.activities.stage import call_up, clear_stage, go_up, invite, step_down

__all__ = [
    "Saying",
    "answer_poll",
    "answer_quiz",
    "arrange",
    "ask",
    "call_up",
    "clear_board",
    "clear_stage",
    "close_question",
    "depart",
    "dissolve",
    "draw",
    "end_class",
    "end_groups",
    "end_poll",
    "end_quiz",
    "go_up",
    "invite",
    "lower_hand",
    "mute_chat",
    "open_file",
    "raise_hand",
    "react",
    "regroup",
    "reward",
    "say",
    "say_all",
    "share",
    "start_bare_quiz",
    "start_class",
    "start_poll",
    "start_quiz",
    "step_down",
    "turn_page",
    "unmute_chat",
    "unshare",
]
