namespace IotTelemetry.Edge.Commands;

/// <summary>What a command sets, by whom and why.</summary>
/// <param name="Asset">The asset's name.</param>
/// <param name="Point">The point's name.</param>
/// <param name="Value">The value; 0 or 1 for a switch.</param>
/// <param name="Author">Who wants it.</param>
/// <param name="Reason">Why.</param>
internal sealed record JournalSwitch(string Asset, string Point, double Value, string Author, string Reason);
