using System.Text.Json.Serialization;

namespace IotTelemetry.Protocol;

/// <summary>What the gateway says became of a command.</summary>
[JsonConverter(typeof(StrictEnumConverter<CommandState>))]
public enum CommandState : byte
{
    /// <summary>The gateway has it and will try.</summary>
    [JsonStringEnumMemberName("accepted")] Accepted,

    /// <summary>The point is reserved until <see cref="CommandResult.SelectedUntilMs"/>.</summary>
    [JsonStringEnumMemberName("selected")] Selected,

    /// <summary>The output was set. Final exactly when <see cref="CommandResult.VerifyByMs"/> is null.</summary>
    [JsonStringEnumMemberName("executed")] Executed,

    /// <summary>The feedback shows it. Final.</summary>
    [JsonStringEnumMemberName("verified")] Verified,

    /// <summary>It was not tried. Final; the code says why.</summary>
    [JsonStringEnumMemberName("rejected")] Rejected,

    /// <summary>It was too late to try. Final.</summary>
    [JsonStringEnumMemberName("expired")] Expired,

    /// <summary>It was tried and did not work, or the feedback does not show it. Final; the code says why.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>The reservation was given up. Final.</summary>
    [JsonStringEnumMemberName("cancelled")] Cancelled,
}
