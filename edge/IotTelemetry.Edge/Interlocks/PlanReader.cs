using System.Globalization;
using IotTelemetry.Edge.Configuration;
using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>Finds on a board what the configuration names, and collects what it cannot find.</summary>
internal sealed class PlanReader(IReadOnlyList<BoardAsset> assets, IReadOnlyList<BoardPoint> points, List<ConfigurationMistake> mistakes)
{
    private readonly Dictionary<string, int> _addresses = points.Select((p, i) => (Address: $"{assets[p.Asset].Id}/{p.Name}", Index: i)).ToDictionary(p => p.Address, p => p.Index);

    /// <summary>What is configured for a point: by its address, else by its name.</summary>
    public static bool Lookup<T>(IReadOnlyDictionary<string, T> configured, string asset, string point, out T value) =>
        configured.TryGetValue($"{asset}/{point}", out value!) || configured.TryGetValue(point, out value!);

    /// <summary>Every key that names settable points must name at least one.</summary>
    public void CheckAddresses(SwitchingOptions options)
    {
        CheckSettable("commands.selectFirst", options.SelectFirst, isList: true);
        CheckSettable("interlocks.points", options.Interlocks.Keys);
        CheckSettable("feedback", options.Feedback.Keys);
        CheckSettable("failSafe.values", options.FailSafe.Values.Keys);
        foreach (var (key, value) in options.FailSafe.Values)
        {
            foreach (var point in points.Where((p, i) => p.Settable && IsNamed(key, i) && (value < p.Minimum || value > p.Maximum)))
            {
                Mistake($"failSafe.values.{key}", string.Create(CultureInfo.InvariantCulture, $"is {value}; allowed: {point.Minimum} to {point.Maximum}"));
            }
        }
    }

    public Dictionary<int, Feedback> Feedback(SwitchingOptions options)
    {
        var found = new Dictionary<int, Feedback>();
        for (var i = 0; i < points.Count; i++)
        {
            var asset = assets[points[i].Asset].Id;
            if (!points[i].Settable || !Lookup(options.Feedback, asset, points[i].Name, out var wanted))
            {
                continue;
            }

            var address = wanted.Point.Contains('/', StringComparison.Ordinal) ? wanted.Point : $"{asset}/{wanted.Point}";
            if (Find(address) is not { } source)
            {
                Mistake($"feedback.{KeyOf(options.Feedback, asset, points[i].Name)}", $"names {address}, which the board does not have");
            }
            else if (points[i].Kind == PointKind.Digital && points[source].Kind != PointKind.Digital && (wanted.On is null || wanted.Off is null))
            {
                Mistake($"feedback.{KeyOf(options.Feedback, asset, points[i].Name)}", $"names {address}, which is no switch, so values.on and values.off must say what it shows");
            }
            else
            {
                found[i] = new Feedback(source, address, points[source].Delivery == PointDelivery.Polled, points[i].Kind == PointKind.Digital, wanted);
            }
        }

        return found;
    }

    public List<SwitchGroup> Groups(SwitchingOptions options, Dictionary<int, Feedback> feedback)
    {
        var groups = new List<SwitchGroup>();
        foreach (var group in options.Groups)
        {
            var members = new List<GroupMember>();
            foreach (var address in group.Points)
            {
                if (Find(address) is not { } index)
                {
                    Mistake($"interlocks.groups.{group.Name}.points", $"name {address}, which the board does not have; each is ASSET/POINT");
                }
                else if (points[index].Kind != PointKind.Digital)
                {
                    Mistake($"interlocks.groups.{group.Name}.points", $"name {address}, which is no switch");
                }
                else
                {
                    members.Add(new GroupMember(index, address, feedback.GetValueOrDefault(index)));
                }
            }

            groups.Add(new SwitchGroup(group.Name, members, group.Gap));
        }

        return groups;
    }

    public IReadOnlyList<HoldInput> InputsOf(SwitchingOptions options, string asset)
    {
        var inputs = new List<HoldInput>();
        foreach (var input in options.Inputs)
        {
            if (Find(input.Point) is not { } index)
            {
                Mistake($"interlocks.inputs.{input.Point}", "is a point that the board does not have");
            }
            else if (input.Assets is null ? assets[points[index].Asset].Id == asset : input.Assets.Contains("*") || input.Assets.Contains(asset))
            {
                inputs.Add(new HoldInput(index, input.Point, input.Effect, input.When));
            }
        }

        return inputs;
    }

    private int? Find(string address) => _addresses.TryGetValue(address, out var index) ? index : null;

    private bool IsNamed(string key, int point) => key == points[point].Name || Find(key) == point;

    private void CheckSettable(string section, IEnumerable<string> keys, bool isList = false)
    {
        foreach (var key in keys)
        {
            var named = Enumerable.Range(0, points.Count).Where(i => IsNamed(key, i)).ToArray();
            if (!named.Any(i => points[i].Settable))
            {
                Mistake(isList ? section : $"{section}.{key}", $"{(isList ? $"names {key}, which" : "")} {(named.Length == 0 ? "is no point of the board" : "is a point that cannot be set")}".TrimStart());
            }
        }
    }

    private static string KeyOf<T>(IReadOnlyDictionary<string, T> configured, string asset, string point) =>
        configured.ContainsKey($"{asset}/{point}") ? $"{asset}/{point}" : point;

    /// <summary>Each only once, however many assets it concerns.</summary>
    private void Mistake(string path, string problem)
    {
        var mistake = new ConfigurationMistake($"$.{path}", problem);
        if (!mistakes.Contains(mistake))
        {
            mistakes.Add(mistake);
        }
    }
}
