"""The answers about a zoo as tables, in text, Markdown and on one page of HTML."""
