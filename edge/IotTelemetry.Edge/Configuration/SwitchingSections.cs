using IotTelemetry.Edge.Interlocks;

namespace IotTelemetry.Edge.Configuration;

/// <summary>Reads the sections <c>commands</c>, <c>interlocks</c>, <c>feedback</c> and <c>failSafe</c>: every key of them stands here, with what is allowed.</summary>
internal static class SwitchingSections
{
    private const int DaySeconds = 86_400;

    public static SwitchingOptions Read(ConfigurationSection root)
    {
        var defaults = new SwitchingOptions();
        var commands = root.Section("commands");
        var interlocks = root.Section("interlocks");
        var options = defaults with
        {
            SelectTimeout = commands.Integer("selectTimeoutSeconds", 1, 300) is { } select ? TimeSpan.FromSeconds(select) : defaults.SelectTimeout,
            MaximumActive = (int?)commands.Integer("maximumActive", 1, 10_000) ?? defaults.MaximumActive,
            SelectFirst = commands.Texts("selectFirst") ?? [],
            Groups = ReadGroups(interlocks.Section("groups")),
            Interlocks = ReadEach(interlocks.Section("points"), ReadLimits),
            Inputs = [.. ReadEach(interlocks.Section("inputs"), ReadInput).Values],
            Feedback = ReadEach(root.Section("feedback"), ReadFeedback),
            FailSafe = ReadFailSafe(root.Section("failSafe")),
        };
        interlocks.Done();
        commands.Done();
        return options;
    }

    private static Dictionary<string, T> ReadEach<T>(ConfigurationSection section, Func<string, ConfigurationSection, T> read)
    {
        var all = new Dictionary<string, T>();
        foreach (var key in section.Keys.ToArray())
        {
            var one = section.Section(key);
            all[key] = read(key, one);
            one.Done();
        }

        return all;
    }

    private static IReadOnlyList<GroupOptions> ReadGroups(ConfigurationSection section) => [.. ReadEach(section, (name, group) =>
    {
        var points = group.Texts("points") ?? [];
        if (points.Count < 2)
        {
            group.Mistake("points", "names fewer than 2 points; at most one of a group may be on, so at least 2 are wanted, each as ASSET/POINT");
        }

        return new GroupOptions(name, points, TimeSpan.FromMilliseconds(group.Integer("gapMs", 0, 60_000) ?? 0));
    }).Values];

    private static PointInterlockOptions ReadLimits(string point, ConfigurationSection section) => new()
    {
        MinimumOn = TimeSpan.FromSeconds(section.Number("minimumOnSeconds", 0, DaySeconds) ?? 0),
        MinimumOff = TimeSpan.FromSeconds(section.Number("minimumOffSeconds", 0, DaySeconds) ?? 0),
        StartsPerHour = (int?)section.Integer("startsPerHour", 1, 3600),
    };

    private static HoldInputOptions ReadInput(string point, ConfigurationSection section) => new(
        point,
        section.Choice("effect", "lockout", "local-control") == "local-control" ? HoldEffect.LocalControl : HoldEffect.Lockout,
        section.Flag("when") ?? true,
        section.Texts("assets"));

    private static FeedbackOptions ReadFeedback(string point, ConfigurationSection section)
    {
        var defaults = new FeedbackOptions { Point = "" };
        var values = section.Section("values");
        var feedback = new FeedbackOptions
        {
            Point = section.RequiredText("point", "the point that shows it: a point of the same asset, or ASSET/POINT"),
            Timeout = section.Integer("timeoutMs", 10, 600_000) is { } timeout ? TimeSpan.FromMilliseconds(timeout) : defaults.Timeout,
            Settle = section.Integer("settleMs", 0, 10_000) is { } settle ? TimeSpan.FromMilliseconds(settle) : defaults.Settle,
            On = ReadSpan(values, "on"),
            Off = ReadSpan(values, "off"),
            Tolerance = section.Number("tolerance", 0, 1e12) ?? defaults.Tolerance,
            KeepOnFailure = section.Has("onFailure") && section.Choice("onFailure", "off", "keep") == "keep",
        };
        values.Done();
        return feedback;
    }

    /// <summary>A value, or an object with minimum, maximum or both.</summary>
    private static ValueSpan? ReadSpan(ConfigurationSection values, string key)
    {
        if (!values.IsObject(key))
        {
            return values.PointValue(key) is { } value ? new ValueSpan(value, value) : null;
        }

        var span = values.Section(key);
        var minimum = span.Number("minimum", -1e12, 1e12);
        var maximum = span.Number("maximum", -1e12, 1e12);
        if ((minimum is null && maximum is null) || minimum > maximum)
        {
            span.Mistake("has no minimum and no maximum, or the minimum is above the maximum");
        }

        span.Done();
        return new ValueSpan(minimum ?? double.NegativeInfinity, maximum ?? double.PositiveInfinity);
    }

    private static FailSafeOptions ReadFailSafe(ConfigurationSection section)
    {
        var defaults = new FailSafeOptions();
        var values = section.Section("values");
        var read = new Dictionary<string, double>();
        foreach (var key in values.Keys.ToArray())
        {
            if (values.PointValue(key) is { } value)
            {
                read[key] = value;
            }
        }

        var options = new FailSafeOptions
        {
            After = section.Number("afterSeconds", 1, 30 * DaySeconds) is { } after ? TimeSpan.FromSeconds(after) : defaults.After,
            OnSilence = section.Flag("onSilence") ?? defaults.OnSilence,
            Values = read,
        };
        values.Done();
        section.Done();
        return options;
    }
}
