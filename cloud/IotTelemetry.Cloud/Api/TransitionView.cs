using IotTelemetry.Cloud.Commands;
using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Api;

/// <summary>One row of a command's life as the API shows it.</summary>
/// <param name="Number">1 and rising by one.</param>
/// <param name="State">The state from then on.</param>
/// <param name="AtMs">When the cloud recorded it.</param>
/// <param name="Actor">Who or what brought it about: a person, the gateway, or cloud.</param>
/// <param name="Code">Why.</param>
/// <param name="Detail">The same for a person.</param>
/// <param name="Observed">The point's value as the gateway saw it.</param>
/// <param name="GatewayAtMs">When it happened, by the gateway's clock.</param>
internal sealed record TransitionView(int Number, string State, long AtMs, string Actor, string? Code, string? Detail, PointValue? Observed, long? GatewayAtMs)
{
    public static TransitionView Of(CommandTransition transition) => new(
        transition.Number,
        StageName.Of(transition.Stage),
        transition.At.ToUnixTimeMilliseconds(),
        transition.Evidence.Actor,
        string.IsNullOrEmpty(transition.Evidence.Code) ? null : transition.Evidence.Code,
        string.IsNullOrEmpty(transition.Evidence.Detail) ? null : transition.Evidence.Detail,
        transition.Evidence.Observed,
        transition.Evidence.GatewayAt?.ToUnixTimeMilliseconds());
}
