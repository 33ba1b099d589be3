using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>Why a frame or a message is refused; the closed list of SPECIFICATION.md, section 8. In JSON by the names given here.</summary>
[JsonConverter(typeof(StrictEnumConverter<RefusalReason>))]
public enum RefusalReason : byte
{
    /// <summary>It ends before what it declares.</summary>
    [JsonStringEnumMemberName("truncated")] Truncated,

    /// <summary>It does not begin with the bytes of a frame or, where one may come, of a position.</summary>
    [JsonStringEnumMemberName("not_a_frame")] NotAFrame,

    /// <summary>Its major version is not known here.</summary>
    [JsonStringEnumMemberName("unknown_version")] UnknownVersion,

    /// <summary>Its declared length is not the length it has.</summary>
    [JsonStringEnumMemberName("length")] Length,

    /// <summary>Its checksum or content hash does not match.</summary>
    [JsonStringEnumMemberName("checksum")] Checksum,

    /// <summary>It declares or holds more than a stated limit allows.</summary>
    [JsonStringEnumMemberName("limit")] Limit,

    /// <summary>It was encoded with a birth that is not the one at hand, or that could not be had in time.</summary>
    [JsonStringEnumMemberName("unknown_birth")] UnknownBirth,

    /// <summary>Its content breaks the format.</summary>
    [JsonStringEnumMemberName("malformed")] Malformed,

    /// <summary>It is well formed and says something that is not allowed: a bad name, a value outside its domain.</summary>
    [JsonStringEnumMemberName("invalid")] Invalid,

    /// <summary>Its sender may not send it.</summary>
    [JsonStringEnumMemberName("forbidden")] Forbidden,
}
