namespace IotTelemetry.Cloud.Commands;

/// <summary>A command's place in its bulk, kept with the command so that a bulk goes on after a restart.</summary>
/// <param name="Id">The bulk.</param>
/// <param name="PerSecond">How many of its commands are begun in a second.</param>
/// <param name="StartBy">A command that is not begun by then expires.</param>
internal sealed record BulkTicket(Guid Id, double PerSecond, DateTimeOffset StartBy);
