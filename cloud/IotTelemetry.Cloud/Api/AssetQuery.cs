using System.ComponentModel;
using IotTelemetry.Cloud.Assets;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace IotTelemetry.Cloud.Api;

/// <summary>The parameters by which assets are chosen; the same for lists and for the stream of changes.</summary>
internal sealed record AssetQuery
{
    private static readonly string States = string.Join(", ", Enum.GetNames<AssetCondition>()).ToLowerInvariant();

    [Description("Only this site.")]
    public string? Site { get; init; }

    [Description("Only this gateway, by name.")]
    public string? Gateway { get; init; }

    [Description("Only this kind, such as parking_bay.")]
    public string? Kind { get; init; }

    [FromQuery]
    [Description("Only with this tag, NAME:VALUE; may be repeated.")]
    public string[]? Tag { get; init; }

    [Description("Only in this state: online, offline, free, occupied, unknown, pending, locked, stale, bad.")]
    public string? State { get; init; }

    [Description("Only with this text in the id, the kind or a tag's value, in any case.")]
    public string? Text { get; init; }

    /// <summary>As a filter; null with the answer that refuses when a value is not allowed.</summary>
    public AssetFilter? ToFilter(out ProblemHttpResult? problem)
    {
        problem = null;
        AssetCondition? state = null;
        if (State is not null)
        {
            if (!Enum.TryParse(State, ignoreCase: true, out AssetCondition parsed) || !Enum.IsDefined(parsed) || int.TryParse(State, out _))
            {
                problem = ApiProblem.NotAllowed("state", State, $"allowed is one of {States}");
                return null;
            }

            state = parsed;
        }

        List<KeyValuePair<string, string>> tags = [];
        foreach (string tag in Tag ?? [])
        {
            int colon = tag.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
            {
                problem = ApiProblem.NotAllowed("tag", tag, "allowed is NAME:VALUE, for example zone:7303");
                return null;
            }

            tags.Add(KeyValuePair.Create(tag[..colon], tag[(colon + 1)..]));
        }

        return new AssetFilter { Site = Site, Gateway = Gateway, Kind = Kind, Tags = tags, State = state, Text = string.IsNullOrEmpty(Text) ? null : Text };
    }
}
