namespace IotTelemetry.Cloud.Commands;

/// <summary>What follows a trigger.</summary>
/// <param name="Stage">The stage after it; the same as before when only something is said.</param>
/// <param name="Effect">What is said to the gateway once the stage is recorded.</param>
internal readonly record struct CommandStep(CommandStage Stage, CommandEffect Effect);
