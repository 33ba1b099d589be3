namespace IotTelemetry.Cloud.Commands;

/// <summary>When a command is looked at again.</summary>
/// <param name="At">A timestamp of the monotonic clock.</param>
/// <param name="Trigger"><see cref="CommandTrigger.Due"/> or <see cref="CommandTrigger.GiveUp"/>.</param>
internal readonly record struct CommandDeadline(long At, CommandTrigger Trigger);
