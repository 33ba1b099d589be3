using IotTelemetry.Hardware;

namespace IotTelemetry.Edge.Interlocks;

/// <summary>Finds on a board what the configuration names, and collects what it cannot find.</summary>
internal sealed class PlanReader(IReadOnlyList<BoardAsset> assets, IReadOnlyList<BoardPoint> points, List<string> mistakes)
{
    private readonly Dictionary<string, int> _addresses = points.Select((p, i) => (Address: $"{assets[p.Asset].Id}/{p.Name}", Index: i)).ToDictionary(p => p.Address, p => p.Index);

    /// <summary>What is configured for a point: by its address, else by its name.</summary>
    public static bool Lookup<T>(IReadOnlyDictionary<string, T> configured, string asset, string point, out T value) =>
        configured.TryGetValue($"{asset}/{point}", out value!) || configured.TryGetValue(point, out value!);

    /// <summary>Every key that names settable points must name at least one.</summary>
    public void CheckAddresses(SwitchingOptions options)
    {
        CheckSettable("commands.selectFirst", options.SelectFirst);
        CheckSettable("interlocks.points", options.Interlocks.Keys);
        CheckSettable("feedback", options.Feedback.Keys);
        CheckSettable("failSafe.values", options.FailSafe.Values.Keys);
        foreach (var (key, value) in options.FailSafe.Values)
        {
            foreach (var point in points.Where((p, i) => p.Settable && IsNamed(key, i) && (value < p.Minimum || value > p.Maximum)))
            {
                mistakes.Add($"failSafe.values.{key}: {value} is outside {point.Minimum} to {point.Maximum}");
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
                mistakes.Add($"feedback of {asset}/{points[i].Name}: there is no point {address}");
            }
            else if (points[i].Kind == PointKind.Digital && points[source].Kind != PointKind.Digital && (wanted.On is null || wanted.Off is null))
            {
                mistakes.Add($"feedback of {asset}/{points[i].Name}: {address} is no switch, so values.on and values.off must say what it shows");
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
                    mistakes.Add($"interlocks.groups.{group.Name}: there is no point {address}");
                }
                else if (points[index].Kind != PointKind.Digital)
                {
                    mistakes.Add($"interlocks.groups.{group.Name}: {address} is no switch");
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
                var mistake = $"interlocks.inputs: there is no point {input.Point}";
                if (!mistakes.Contains(mistake))
                {
                    mistakes.Add(mistake);
                }
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

    private void CheckSettable(string section, IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            var named = Enumerable.Range(0, points.Count).Where(i => IsNamed(key, i)).ToArray();
            if (!named.Any(i => points[i].Settable))
            {
                mistakes.Add($"{section}.{key}: {(named.Length == 0 ? "the board has no such point" : "the point cannot be set")}");
            }
        }
    }
}
