namespace IotTelemetry.Cloud.Commands;

/// <summary>A gateway's answer whose row is not stored yet.</summary>
internal sealed class PendingAnswer(CommandTrigger trigger, CommandEvidence evidence)
{
    /// <summary>What it means to the command.</summary>
    public (CommandTrigger Trigger, CommandEvidence Evidence) Event { get; } = (trigger, evidence);

    /// <summary>Completes when what follows from it is stored.</summary>
    public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
