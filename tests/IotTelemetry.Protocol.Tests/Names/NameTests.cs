namespace IotTelemetry.Protocol.Tests;

public sealed class NameTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("9")]
    [InlineData("Bay-51614")]
    [InlineData("power_w")]
    [InlineData("v1.2-b")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123")]
    public void A_name_of_letters_digits_hyphens_underscores_and_dots_is_valid(string name)
    {
        Assert.True(NameRules.IsValid(name, out string? problem), problem);
        Assert.True(NameRules.IsValid(System.Text.Encoding.UTF8.GetBytes(name)));
        Assert.Equal(name, NameRules.Require(name, "asset"));
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("01234567890123456789012345678901234567890123456789012345678901234", "65 characters")]
    [InlineData("a/b", "separates MQTT topic levels")]
    [InlineData("a+", "wildcard")]
    [InlineData("#", "wildcard")]
    [InlineData("$share", "belong to brokers")]
    [InlineData("a'b", "quotes in SQL")]
    [InlineData("a b", "space")]
    [InlineData("a\0", "U+0000")]
    [InlineData("Zürich", "U+00FC at position 1")]
    [InlineData(".", "begins with '.'")]
    [InlineData("..", "begins with '.'")]
    [InlineData("-rf", "begins with '-'")]
    [InlineData("_x", "begins with '_'")]
    [InlineData("a.", "ends with a dot")]
    public void Any_other_name_is_refused_and_the_reason_said(string name, string reason)
    {
        Assert.False(NameRules.IsValid(name, out string? problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
        Assert.False(NameRules.IsValid(System.Text.Encoding.UTF8.GetBytes(name)));
        ArgumentException exception = Assert.Throws<ArgumentException>(() => NameRules.Require(name, "asset"));
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
        Assert.Contains("asset", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_gateway_is_refused_for_either_of_its_names()
    {
        Assert.Throws<ArgumentException>("site", () => new GatewayId("a+", "b"));
        Assert.Throws<ArgumentException>("gateway", () => new GatewayId("a", ""));
        Assert.False(GatewayId.TryParse("a/b/c", out _, out string? problem));
        Assert.Contains("gateway", problem, StringComparison.Ordinal);
        Assert.False(GatewayId.TryParse("a", out _, out _));
        Assert.True(GatewayId.TryParse("a/b", out GatewayId? id, out _));
        Assert.Equal(new GatewayId("a", "b"), id);
    }
}
