namespace IotTelemetry.Cloud.Api;

/// <summary>A bulk as the API shows it.</summary>
/// <param name="Id">Its id; the audit lists its commands with <c>bulk=</c>.</param>
/// <param name="Commands">How many commands it has.</param>
/// <param name="States">How many of them are in which state.</param>
/// <param name="Final">All have come to their ends.</param>
internal sealed record BulkView(Guid Id, long Commands, IReadOnlyDictionary<string, long> States, bool Final);
