namespace IotTelemetry.Cloud.Door.External;

/// <summary>A table that comes with its statement: there for this one alone.</summary>
/// <param name="Name">A plain name, or <c>_data</c>.</param>
/// <param name="Columns">Names and types as in CREATE TABLE.</param>
/// <param name="Format">Of the rows.</param>
/// <param name="Rows">The rows.</param>
internal sealed record ExternalTable(string Name, string Columns, string Format, ReadOnlyMemory<byte> Rows);
