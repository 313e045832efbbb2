"""Vocabulary: what can go wrong, as one tree. Its four branches are the four ways to go on.

Outside the tree stand `UnreadableImageError` and `BadArchiveError` (the receipt or its batch is
rejected) and `OcrEngineError` of `reading`, which knows nothing of this package, the agent's
`StartError` (an exit code) and `ScheduleError` (becomes a `ConfigError`), and the HTTP handlers'
`RefusedError` (a status). Any error that is not of this tree counts as transient on the path: the
message is delivered again.
"""


class ReceiptsError(Exception):
    """The root; only its branches are raised."""


class RejectedError(ReceiptsError):
    """The customer must mend it: refused or rejected with a reason, and the rest goes on."""


class BadDataError(ReceiptsError):
    """Nobody can use this message or row, now or later: it alone is set aside, with a reason."""


class TransientError(ReceiptsError):
    """The same may work later: the message is delivered again."""


class OperatorError(ReceiptsError):
    """A person who runs the system must act. Nothing is set aside.

    The program says what to do and stops, or tries again now and then.
    """


class KeyReusedError(RejectedError):
    """The `Idempotency-Key` was used before, with another request."""


class PackingError(RejectedError):
    """There is nothing to send, or too much; the text says what and where."""


class ServiceRefusedError(RejectedError):
    """The batches API or S3 refused the request; the text says which of them and why."""


class CorrectionRefusedError(RejectedError):
    """Nothing would change, a value is none of its field, or somebody was faster."""


class UnknownBatchError(RejectedError):
    """No such batch, or another owner's: the answer doesn't tell which."""


class UploadGoneError(RejectedError):
    """The upload was deleted from S3 before it was read."""


class UploadsClosedError(RejectedError):
    """The batch was accepted too long ago to take more uploads."""


class BadRowError(BadDataError):
    """The database refuses these rows; a control row tells whether they are to blame, or it is."""


class UnknownMessageError(BadDataError):
    """The message is not one of ours, or of a version that this code doesn't know."""


class InboxUnavailableError(TransientError):
    """The database is away, overloaded or read-only: later it may take the same rows."""


class NotDeletedError(TransientError):
    """SQS refused to delete or release some messages; they will be delivered again."""


class NotSentError(TransientError):
    """SQS did not take every message; some may have been taken."""


class ServiceError(TransientError):
    """The batches API or S3 didn't answer, or was too busy; the text says which and why."""


class StandbyError(TransientError):
    """Another agent is the writer; this one may become it as soon as that one is gone.

    The text says since when the writer's session has been silent, as far as the server tells.
    """


class ConfigError(OperatorError):
    """The agent's configuration can't be used; a line for each wrong key and its remedy."""


class InboxMisconfiguredError(InboxUnavailableError, OperatorError):
    """A missing right, another schema version, another connection limit than the agent's."""


class InboxRefusedError(InboxUnavailableError, OperatorError):
    """The database answers but refuses the login: password, certificate, name, connection limit.

    Only the server's text says which of them, in the server's language.
    """


class NewerMessageError(OperatorError):
    """The message is of a later version than this program knows: upgrade the program."""


class NoResultError(OperatorError):
    """There is no canonical copy, or none that can be understood."""


class ReconcileError(OperatorError):
    """An operator's command had to stop; everything reported so far is done."""


class SettingsError(OperatorError):
    """Settings are missing or wrong; the text names them all."""
