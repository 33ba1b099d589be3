namespace IotTelemetry.Cloud.Schema;

/// <summary>One step of the schema: all statements are safe to repeat, because a crash may come between a statement and the record of the step.</summary>
/// <param name="Version">1 and rising, without gaps.</param>
/// <param name="Name">What the step is about, from its file name.</param>
/// <param name="Statements">SQL with the database's name filled in.</param>
internal sealed record Migration(uint Version, string Name, IReadOnlyList<string> Statements);
