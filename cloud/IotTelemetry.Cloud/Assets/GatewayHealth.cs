using IotTelemetry.Protocol;

namespace IotTelemetry.Cloud.Assets;

/// <summary>What is wrong with a gateway, in words for a person; nothing when it is well.</summary>
internal static class GatewayHealth
{
    // Frames that wait this long in an outbox are not on their way, they are stuck or a backlog.
    private const long ManyFrames = 1000;

    public static IReadOnlyList<string> Problems(LiveGateway gateway, long nowMs)
    {
        List<string> problems = [];
        switch (gateway.Presence(nowMs))
        {
            case GatewayPresence.Offline:
                problems.Add("its connection was lost");
                break;
            case GatewayPresence.Silent:
                problems.Add($"it was last heard {(nowMs - gateway.LastHeardMs) / 1000} s ago");
                break;
            case GatewayPresence.Unknown:
                problems.Add("it was not heard since the service started");
                break;
            default:
                break;
        }

        if (gateway.Clock?.Difference is { } difference)
        {
            problems.Add($"its clock is {difference}{(gateway.Clock.AheadMs > 0 ? ", so that it takes commands for expired" : "")}");
        }

        if (gateway.Status is { } status)
        {
            problems.AddRange((status.Faults ?? []).Select(fault => $"{fault.Part}: {fault.Problem}"));
            if (status.Clock == ClockQuality.Unsynchronised)
            {
                problems.Add("its clock is not synchronised");
            }

            if (status.OutboxFrames > ManyFrames)
            {
                problems.Add($"{status.OutboxFrames} frames wait in its outbox");
            }

            if (status.ReadingsDropped > 0)
            {
                problems.Add($"{status.ReadingsDropped} readings were dropped since its boot because its outbox was full");
            }
        }

        return problems;
    }
}
