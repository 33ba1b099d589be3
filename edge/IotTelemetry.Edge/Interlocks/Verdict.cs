using IotTelemetry.Protocol;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>Whether a point may be set now.</summary>
/// <param name="Code"><see cref="CommandCode.Ok"/>, or why not.</param>
/// <param name="Detail">The same for a person; null when nothing is in the way.</param>
/// <param name="Wait">With <see cref="CommandCode.Ok"/>: how long a gap between break and make still lasts; zero for none.</param>
internal readonly record struct Verdict(CommandCode Code, string? Detail = null, TimeSpan Wait = default)
{
    public static Verdict Free => new(CommandCode.Ok);

    public bool IsFree => Code == CommandCode.Ok && Wait == TimeSpan.Zero;
}
