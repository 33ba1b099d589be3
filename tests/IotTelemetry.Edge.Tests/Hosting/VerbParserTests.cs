using IotTelemetry.Edge.Hosting.Verbs;

namespace IotTelemetry.Edge.Tests.Hosting;

/// <summary>The command line taken apart: what is right, and what is said of every mistake.</summary>
public sealed class VerbParserTests
{
    private static readonly VerbArgument Point = new("POINT", "the point");
    private static readonly VerbArgument Value = new("VALUE", "its value");
    private static readonly VerbOption Json = new("--json", "as JSON");
    private static readonly VerbOption Hold = new("--hold", "how long") { ValueName = "SECONDS", IsNumber = true };
    private static readonly VerbOption Reason = new("--reason", "why") { ValueName = "TEXT", Default = "none" };
    private static readonly VerbOption Format = new("--format", "which") { ValueName = "FORMAT", Allowed = ["a", "b"] };
    private static readonly VerbOption Site = new("--site", "where") { ValueName = "SITE", IsRequired = true };
    private static readonly Verb Set = new() { Name = "set", Description = "sets", Arguments = [Point, Value], Options = [Json, Hold, Reason, Format], Run = _ => Task.FromResult(0) };
    private static readonly Verb Replay = new() { Name = "", Description = "replays", Options = [Site, Reason], Run = _ => Task.FromResult(0) };

    [Fact]
    public void Options_may_stand_anywhere_and_have_their_value_behind_a_blank_or_an_equals_sign()
    {
        var input = VerbParser.Parse(Set, ["--hold", "1.5", "pump/state", "--json", "on", "--reason=a=b"]);
        Assert.Equal(("pump/state", "on"), (input[Point], input[Value]));
        Assert.Equal((1.5, "a=b", true), (input.Number(Hold), input.RequiredText(Reason), input.Has(Json)));
    }

    [Fact]
    public void What_is_not_given_has_its_default_or_nothing()
    {
        var input = VerbParser.Parse(Set, ["pump/state", "off"]);
        Assert.Equal((null, "none", null, false), (input.Number(Hold), input.Text(Reason), input.Text(Format), input.Has(Json)));
    }

    [Fact]
    public void Negative_numbers_are_values_and_words_behind_two_dashes_are_no_options()
    {
        Assert.Equal("-5", VerbParser.Parse(Set, ["battery/power_w", "-5"])[Value]);
        Assert.Equal("--json", VerbParser.Parse(Set, ["pump/state", "--", "--json"])[Value]);
    }

    [Theory]
    [InlineData("pump/state", "missing: VALUE")]
    [InlineData("", "missing: POINT, VALUE")]
    [InlineData("pump/state on off", "'off' is more than iot-edge set takes")]
    [InlineData("pump/state on --jsn", "--jsn is no option of iot-edge set; there are --json, --hold, --reason, --format")]
    [InlineData("pump/state on --json=1", "--json takes no value")]
    [InlineData("pump/state on --reason", "--reason wants a value: TEXT")]
    [InlineData("pump/state on --hold soon", "--hold is 'soon'; allowed: a number from 0 on")]
    [InlineData("pump/state on --hold -1", "--hold is '-1'; allowed: a number from 0 on")]
    [InlineData("pump/state on --format c", "--format is 'c'; allowed: a, b")]
    public void Every_mistake_is_named_with_what_is_allowed(string words, string said) =>
        Assert.Equal(said, Assert.Throws<UsageException>(() => VerbParser.Parse(Set, words.Split(' ', StringSplitOptions.RemoveEmptyEntries))).Message);

    [Fact]
    public void Required_options_are_asked_for_by_name() =>
        Assert.Equal("missing: --site SITE", Assert.Throws<UsageException>(() => VerbParser.Parse(Replay, ["--reason", "x"])).Message);

    [Fact]
    public void Help_names_every_argument_and_option_with_its_default_and_what_is_allowed()
    {
        var help = VerbHelp.Of(Set);
        Assert.StartsWith("iot-edge set POINT VALUE [--json] [--hold SECONDS] [--reason TEXT] [--format FORMAT]", help, StringComparison.Ordinal);
        Assert.Contains("(none unless given)", help, StringComparison.Ordinal);
        Assert.Contains("(a, b)", help, StringComparison.Ordinal);
        Assert.Contains("iot-edge --site SITE [--reason TEXT]", VerbHelp.Of("all", [Set, Replay]), StringComparison.Ordinal);
    }
}
