using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>
/// The phase of a command. Select before operate: the output moves only by two messages, so that a stray one moves nothing (as in IEC 61850-7-2, clause
/// 20).
/// </summary>
[JsonConverter(typeof(StrictEnumConverter<CommandPhase>))]
public enum CommandPhase : byte
{
    /// <summary>One message does all: checks, then sets the output.</summary>
    [JsonStringEnumMemberName("direct")] Direct,

    /// <summary>Checks everything and reserves the point for this command's id; sets nothing.</summary>
    [JsonStringEnumMemberName("select")] Select,

    /// <summary>Sets the output that the select with the same id reserved, with the same value.</summary>
    [JsonStringEnumMemberName("operate")] Operate,

    /// <summary>Gives the reservation up.</summary>
    [JsonStringEnumMemberName("cancel")] Cancel,
}
