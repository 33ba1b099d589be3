using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>What kind of value a point has, and with it how frames encode it.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "These are the protocol's words for the types of points.")]
[JsonConverter(typeof(StrictEnumConverter<PointType>))]
public enum PointType : byte
{
    /// <summary>False or true; 0 or 1 in <see cref="FrameColumns.Numbers"/>.</summary>
    [JsonStringEnumMemberName("bool")] Boolean,

    /// <summary>A whole number within ±2^53.</summary>
    [JsonStringEnumMemberName("integer")] Integer,

    /// <summary>A number with a fixed count of decimal digits (<see cref="PointDefinition.Scale"/>), within ±2^53 units of its last digit.</summary>
    [JsonStringEnumMemberName("decimal")] Decimal,

    /// <summary>An IEEE 754 double, kept bit by bit.</summary>
    [JsonStringEnumMemberName("float")] Float,

    /// <summary>Text, or one of the listed <see cref="PointDefinition.Values"/> of an enumeration.</summary>
    [JsonStringEnumMemberName("text")] Text,
}
