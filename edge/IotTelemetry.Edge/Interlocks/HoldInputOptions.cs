namespace IotTelemetry.Edge.Interlocks;

/// <summary>An input by which a person at the site keeps assets from being switched: the section <c>interlocks.inputs</c>.</summary>
/// <param name="Point">The address <c>asset/point</c> of the input.</param>
/// <param name="Effect">What it does.</param>
/// <param name="When">The value that does it. An input that cannot be read does it, too.</param>
/// <param name="Assets">Which assets it holds; null: its own, <c>*</c>: all.</param>
internal sealed record HoldInputOptions(string Point, HoldEffect Effect, bool When, IReadOnlyList<string>? Assets);
