using IotTelemetry.Edge.Configuration;
using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>What is configured about switching, laid out over the points of a board. Immutable.</summary>
internal sealed class SwitchPlan
{
    /// <summary>The name of the agent's own point that is on while an asset's point has its fail-safe value because the uplink was lost.</summary>
    public const string FailSafePointName = "fail_safe";

    private readonly Dictionary<(string Asset, string Point), int> _all = [];
    private readonly Dictionary<int, SwitchPoint> _settable = [];

    private SwitchPlan(SwitchingOptions options, IReadOnlyList<BoardAsset> assets, IReadOnlyList<BoardPoint> points, List<ConfigurationMistake> mistakes)
    {
        Options = options;
        for (var i = 0; i < points.Count; i++)
        {
            _all[(assets[points[i].Asset].Id, points[i].Name)] = i;
        }

        var find = new PlanReader(assets, points, mistakes);
        find.CheckAddresses(options);
        var feedback = find.Feedback(options);
        var groups = find.Groups(options, feedback);
        var followed = new List<int>();
        for (var i = 0; i < points.Count; i++)
        {
            if (!points[i].Settable)
            {
                continue;
            }

            var asset = assets[points[i].Asset].Id;
            var failSafe = PlanReader.Lookup(options.FailSafe.Values, asset, points[i].Name, out var value) ? value : (double?)null;
            if (failSafe is not null && !followed.Contains(points[i].Asset))
            {
                followed.Add(points[i].Asset);
            }

            _settable[i] = new SwitchPoint
            {
                Index = i,
                Asset = asset,
                Definition = points[i],
                Limits = PlanReader.Lookup(options.Interlocks, asset, points[i].Name, out var limits) ? limits : new PointInterlockOptions(),
                Feedback = feedback.GetValueOrDefault(i),
                Groups = [.. groups.Where(g => g.Members.Any(m => m.Point == i))],
                Inputs = find.InputsOf(options, asset),
                SelectFirst = options.SelectFirst.Contains(points[i].Name) || options.SelectFirst.Contains($"{asset}/{points[i].Name}"),
                FailSafe = failSafe,
                FailSafePoint = failSafe is null ? null : points.Count + followed.IndexOf(points[i].Asset),
            };
        }

        Groups = groups;
        OwnPoints = [.. followed.Select(asset => BoardPoint.Digital(asset, FailSafePointName))];
    }

    public SwitchingOptions Options { get; }

    public IReadOnlyList<SwitchGroup> Groups { get; }

    /// <summary>The points of the agent's own that follow the board's.</summary>
    public IReadOnlyList<BoardPoint> OwnPoints { get; }

    /// <summary>All settable points.</summary>
    public IReadOnlyCollection<SwitchPoint> Settable => _settable.Values;

    /// <summary>Lays the configuration over a board.</summary>
    /// <exception cref="ConfigurationException">It names what the board does not have; the message lists every mistake.</exception>
    public static SwitchPlan Create(EdgeConfiguration configuration, IReadOnlyList<BoardAsset> assets, IReadOnlyList<BoardPoint> points)
    {
        var mistakes = new List<ConfigurationMistake>();
        var plan = Create(configuration.Switching, assets, points, mistakes);
        return mistakes.Count == 0 ? plan : throw new ConfigurationException(configuration.File, mistakes, configuration.Places);
    }

    /// <summary>Lays the configuration over a board and collects the mistakes; only without any the plan is to be used.</summary>
    public static SwitchPlan Create(SwitchingOptions options, IReadOnlyList<BoardAsset> assets, IReadOnlyList<BoardPoint> points, List<ConfigurationMistake> mistakes) =>
        new(options, assets, points, mistakes);

    /// <summary>Whether the board has the point at all.</summary>
    public bool Has(string asset, string point) => _all.ContainsKey((asset, point));

    /// <summary>A settable point; null when there is none of that name.</summary>
    public SwitchPoint? Find(string asset, string point) => _all.TryGetValue((asset, point), out var index) ? _settable.GetValueOrDefault(index) : null;

    /// <summary>A settable point by its index on the board; null when it cannot be set.</summary>
    public SwitchPoint? Find(int index) => _settable.GetValueOrDefault(index);
}
