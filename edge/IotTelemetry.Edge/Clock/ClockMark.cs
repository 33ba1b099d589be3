namespace IotTelemetry.Edge.Clock;

/// <summary>What is remembered of the time from run to run.</summary>
/// <param name="BootId">The boot in which it was written.</param>
/// <param name="WasSynchronised">Whether the clock was synchronised in that boot.</param>
/// <param name="NowMs">The time then: it cannot be earlier now.</param>
internal sealed record ClockMark(string BootId, bool WasSynchronised, long NowMs);
