"""Slack's numbers, named. Sources: the pages of chat.postMessage, chat.update and Block Kit (slack.md, 4)."""

MESSAGE_BLOCKS = 50
HEADER = 150
SECTION = 3000
BUTTON_LABEL = 75
MENU_OPTIONS = range(2, 6)  # of an overflow menu
PICK_OPTIONS = range(1, 101)  # of a select
OPTION_LABEL = 75
OPTION_VALUE = 150
PLACEHOLDER = 150
UPDATE_TEXT = 4000  # chat.update refuses more, so no message may hold more

# Ours, inside Slack's: how much one message of ours holds, escaped.
PAGE_TEXT = 3600  # leaves room for a title and for "continued" lines
PAGE_LINES = 200
LINE = 3000  # one bullet; longer ones go on in the next
HEADING = 500  # a heading up to here is not left alone at the end of a page
PREVIEW_LINE = 140
CLOSING_LINE = 300  # written to be read out, so it is shown whole up to here
CHOICE_LABEL = 24  # phones cut longer labels of buttons (conversation.md 9.1)
ROW_BUTTONS = 10
