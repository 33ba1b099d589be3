using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>Why a command came to its state; the closed list of SPECIFICATION.md, section 7.4. A new code is a new major version.</summary>
[JsonConverter(typeof(StrictEnumConverter<CommandCode>))]
public enum CommandCode : byte
{
    /// <summary>Nothing is in the way.</summary>
    [JsonStringEnumMemberName("ok")] Ok,

    /// <summary>The message is not what the specification says.</summary>
    [JsonStringEnumMemberName("malformed")] Malformed,

    /// <summary>The gateway has no such asset or point.</summary>
    [JsonStringEnumMemberName("unknown_point")] UnknownPoint,

    /// <summary>The point cannot be set.</summary>
    [JsonStringEnumMemberName("not_settable")] NotSettable,

    /// <summary>The value is not of the point's type, or none of its enumeration.</summary>
    [JsonStringEnumMemberName("wrong_type")] WrongType,

    /// <summary>The value is outside the point's range.</summary>
    [JsonStringEnumMemberName("out_of_range")] OutOfRange,

    /// <summary>Its time had passed when it came or before it could be carried out.</summary>
    [JsonStringEnumMemberName("expired")] Expired,

    /// <summary>The gateway's clock is not synchronised and no remaining life travelled with the command, so its age cannot be known.</summary>
    [JsonStringEnumMemberName("clock_unknown")] ClockUnknown,

    /// <summary>The id was seen before with another content. (A repeat with the same content is answered with the first one's result.)</summary>
    [JsonStringEnumMemberName("duplicate")] Duplicate,

    /// <summary>The point does not have the expected current value.</summary>
    [JsonStringEnumMemberName("unexpected_value")] UnexpectedValue,

    /// <summary>An operate or cancel without a select of the same id, or with another value than it.</summary>
    [JsonStringEnumMemberName("not_selected")] NotSelected,

    /// <summary>The reservation's time had passed.</summary>
    [JsonStringEnumMemberName("select_timeout")] SelectTimeout,

    /// <summary>Another command has reserved the point or is being carried out on it.</summary>
    [JsonStringEnumMemberName("busy")] Busy,

    /// <summary>An interlock forbids it: two outputs that must not be on together, or a condition that must hold first.</summary>
    [JsonStringEnumMemberName("interlock")] Interlock,

    /// <summary>A person holds the asset.</summary>
    [JsonStringEnumMemberName("lockout")] Lockout,

    /// <summary>The minimum on or off time has not passed.</summary>
    [JsonStringEnumMemberName("minimum_time")] MinimumTime,

    /// <summary>The allowed starts per hour are used up.</summary>
    [JsonStringEnumMemberName("rate_limit")] RateLimit,

    /// <summary>The asset is under local control.</summary>
    [JsonStringEnumMemberName("local_control")] LocalControl,

    /// <summary>The output was set and the feedback shows something else.</summary>
    [JsonStringEnumMemberName("sensor_disagrees")] SensorDisagrees,

    /// <summary>The output was set and no feedback came in time.</summary>
    [JsonStringEnumMemberName("feedback_timeout")] FeedbackTimeout,

    /// <summary>The output could not be set: a bus, a line or a driver failed.</summary>
    [JsonStringEnumMemberName("hardware_failure")] HardwareFailure,

    /// <summary>The gateway stops, or restarted while the command was carried out.</summary>
    [JsonStringEnumMemberName("shutting_down")] ShuttingDown,

    /// <summary>The author may not do this.</summary>
    [JsonStringEnumMemberName("forbidden")] Forbidden,
}
