using System.Text.Json.Serialization;

namespace IotTelemetry.Benchmarks;

/// <summary>Which way a figure is good.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Better>))]
public enum Better
{
    /// <summary>More is better: rates.</summary>
    [JsonStringEnumMemberName("higher")]
    Higher,

    /// <summary>Less is better: sizes, times, allocations.</summary>
    [JsonStringEnumMemberName("lower")]
    Lower,
}

/// <summary>One measured figure, with its goal and the peer that did the same work in the same run.</summary>
/// <param name="Work">What was done, in words.</param>
/// <param name="Value">What was measured, in <paramref name="Unit"/>.</param>
/// <param name="Unit">The unit of the value, the goal and the peer's value.</param>
/// <param name="Better">Which way is good.</param>
/// <param name="Goal">What was asked for; null when nothing was. Never edited to fit.</param>
/// <param name="Peer">Who did the same work in this run; null when nobody could.</param>
/// <param name="PeerValue">What the peer reached.</param>
public sealed record Figure(string Work, double Value, string Unit, Better Better, double? Goal = null, string? Peer = null, double? PeerValue = null)
{
    /// <summary>Whether the goal is reached; null when there is none.</summary>
    [JsonIgnore]
    public bool? Reached => Goal is not { } goal ? null : Better == Better.Higher ? Value >= goal : Value <= goal;

    /// <summary>The value over the peer's; null when there is no peer.</summary>
    [JsonIgnore]
    public double? Ratio => PeerValue is { } peer && peer != 0 ? Value / peer : null;
}
