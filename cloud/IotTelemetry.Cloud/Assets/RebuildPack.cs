namespace IotTelemetry.Cloud.Assets;

/// <summary>Sites whose last values are read together.</summary>
/// <param name="Sites">Which.</param>
/// <param name="Points">How many points they have.</param>
/// <param name="Slices">In how many parts, by the hash of the asset, so that neither side needs much memory for one.</param>
internal sealed record RebuildPack(IReadOnlyList<LiveSite> Sites, int Points, int Slices)
{
    // Each takes some 300 bytes of ClickHouse's memory while it groups, so a slice stays below 100 MB.
    private const int PointsAtOnce = 250_000;

    /// <summary>Packs that cover all points of all sites.</summary>
    public static IEnumerable<RebuildPack> Of(LiveState live)
    {
        List<LiveSite> sites = [];
        int points = 0;
        foreach (KeyValuePair<string, LiveSite> site in live.Sites.Sorted.ToArray())
        {
            int more = PointsOf(site.Value);
            if (more > PointsAtOnce)
            {
                yield return new RebuildPack([site.Value], more, (more / PointsAtOnce) + 1);
            }
            else
            {
                if (points + more > PointsAtOnce)
                {
                    yield return new RebuildPack(sites, points, 1);
                    (sites, points) = ([], 0);
                }

                sites.Add(site.Value);
                points += more;
            }
        }

        if (points > 0)
        {
            yield return new RebuildPack(sites, points, 1);
        }
    }

    /// <summary>Whether a point of these sites has no value yet.</summary>
    public bool LacksValues()
    {
        foreach (LiveSite site in Sites)
        {
            foreach (KeyValuePair<string, LiveGateway> gateway in site.Gateways.Sorted.Span)
            {
                if (gateway.Value.Model is { } model && model.LacksValues())
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static int PointsOf(LiveSite site)
    {
        int points = 0;
        foreach (KeyValuePair<string, LiveGateway> gateway in site.Gateways.Sorted.Span)
        {
            points += gateway.Value.Model?.Points ?? 0;
        }

        return points;
    }
}
