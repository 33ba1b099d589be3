namespace IotTelemetry.Cloud.Schema;

/// <summary>One step of the schema: all statements are safe to repeat, because a crash may come between a statement and the record of the step.</summary>
/// <param name="Version">1 and rising, without gaps.</param>
/// <param name="Name">What the step is about, from its file name.</param>
/// <param name="Checksum">Tells whether a database has this text of the step; comments and spaces do not count.</param>
/// <param name="Statements">SQL with the database's name filled in, in the form for one server or for a cluster.</param>
internal sealed record Migration(uint Version, string Name, string Checksum, IReadOnlyList<string> Statements);
