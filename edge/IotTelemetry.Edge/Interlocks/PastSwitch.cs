namespace IotTelemetry.Edge.Interlocks;

/// <summary>A switching that the journal remembers.</summary>
/// <param name="Asset">The name of the asset.</param>
/// <param name="Point">The name of the point.</param>
/// <param name="On">What it became, or was to become when the agent ended.</param>
/// <param name="Age">How long ago; null when that cannot be told, because the machine was off since and a clock that was not synchronised said when it was.</param>
internal readonly record struct PastSwitch(string Asset, string Point, bool On, TimeSpan? Age);
