using FsCheck;
using FsCheck.Fluent;
using IotTelemetry.Edge.Replay;

namespace IotTelemetry.Edge.Tests.Replay;

public sealed class DelimitedLineTests
{
    [Theory]
    [InlineData("a,b,c", new[] { "a", "b", "c" })]
    [InlineData("", new[] { "" })]
    [InlineData(",", new[] { "", "" })]
    [InlineData("a,", new[] { "a", "" })]
    [InlineData("\"a,b\",c", new[] { "a,b", "c" })]
    [InlineData("\"say \"\"hi\"\"\"", new[] { "say \"hi\"" })]
    [InlineData("\"\",x", new[] { "", "x" })]
    public void Fields_are_taken_apart(string line, string[] expected)
    {
        var fields = new List<string>();
        Assert.True(DelimitedLine.TrySplit(line, ',', fields, out _));
        Assert.Equal(expected, fields);
    }

    [Theory]
    [InlineData("a,b\"c", "a quote in an unquoted field, column 4")]
    [InlineData("\"a", "a quote is not closed, column 1")]
    [InlineData("x,\"a\"\"", "a quote is not closed, column 3")]
    [InlineData("\"a\"b,c", "text behind a closing quote, column 4")]
    public void A_malformed_line_says_what_and_where(string line, string problem)
    {
        Assert.False(DelimitedLine.TrySplit(line, ',', [], out var found));
        Assert.Equal(problem, found);
    }

    [Fact]
    public void Whatever_is_quoted_comes_back()
    {
        var field = Gen.Elements('a', '"', ',', ' ', ';').ArrayOf().Select(c => new string(c));
        Prop.ForAll(field.NonEmptyListOf().ToArbitrary(), fields =>
        {
            var line = string.Join(',', fields.Select(f => $"\"{f.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
            var back = new List<string>();
            Assert.True(DelimitedLine.TrySplit(line, ',', back, out _));
            Assert.Equal(fields, back);
        }).QuickCheckThrowOnFailure();
    }
}
