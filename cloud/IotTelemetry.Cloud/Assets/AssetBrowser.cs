namespace IotTelemetry.Cloud.Assets;

/// <summary>Finds assets page by page, in the order of their ids. A page begins behind an id and not at a number: assets that come and go between two pages shift nothing. Thread-safe.</summary>
internal sealed class AssetBrowser(LiveState live)
{
    /// <summary>The next assets that a filter admits.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">The last asset of the page before; null for the first page.</param>
    /// <param name="limit">How many at most.</param>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    /// <param name="page">Is filled.</param>
    /// <returns>Whether there are more.</returns>
    public bool Read(AssetFilter filter, AssetId? after, int limit, long nowMs, List<LiveAsset> page)
    {
        foreach (KeyValuePair<string, LiveSite> site in live.Sites.Sorted.Span)
        {
            int behind = after is { } last ? string.CompareOrdinal(site.Key, last.Site) : 1;
            if (behind < 0 || (filter.Site is not null && site.Key != filter.Site))
            {
                continue;
            }

            if (ReadSite(site.Value, filter, behind == 0 ? after!.Value.Name : "", limit, nowMs, page))
            {
                return true;
            }
        }

        return false;
    }

    // Each gateway has its assets sorted; the heap merges them.
    private bool ReadSite(LiveSite site, AssetFilter filter, string after, int limit, long nowMs, List<LiveAsset> page)
    {
        PriorityQueue<LiveAsset, string> heads = new(StringComparer.Ordinal);
        foreach (KeyValuePair<string, LiveGateway> gateway in site.Gateways.Sorted.Span)
        {
            if (filter.Admits(gateway.Value) && gateway.Value.Model is { } model && model.FirstAfter(after) is var first && first < model.Assets)
            {
                heads.Enqueue(new LiveAsset(gateway.Value, model, first), model.Names[first]);
            }
        }

        while (heads.TryDequeue(out LiveAsset asset, out string? name))
        {
            if (asset.Number + 1 < asset.Model.Assets)
            {
                heads.Enqueue(asset with { Number = asset.Number + 1 }, asset.Model.Names[asset.Number + 1]);
            }

            if (filter.Admits(asset, live.Holds, nowMs) && site.IsOwner(asset.Gateway, name))
            {
                if (page.Count == limit)
                {
                    return true;
                }

                page.Add(asset);
            }
        }

        return false;
    }
}
