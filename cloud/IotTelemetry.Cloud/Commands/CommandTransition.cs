namespace IotTelemetry.Cloud.Commands;

/// <summary>One row of a command's life: what happened, and where that brought it.</summary>
/// <param name="Number">1 and rising by one within the command: the order of its rows.</param>
/// <param name="At">When the cloud recorded it, by its clock.</param>
/// <param name="Stage">The stage from now on.</param>
/// <param name="ExpiresAt">From when on the command must not be carried out, by the cloud's clock.</param>
/// <param name="Evidence">Who, why, and what was seen.</param>
internal sealed record CommandTransition(int Number, DateTimeOffset At, CommandStage Stage, DateTimeOffset ExpiresAt, CommandEvidence Evidence);
