using IotTelemetry.Cloud.Hosting;

namespace IotTelemetry.Cloud.Tests.Hosting;

public sealed class BindAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:1883", "127.0.0.1:1883")]
    [InlineData("127.9.9.9:0", "127.9.9.9:0")]
    [InlineData("localhost:8123", "127.0.0.1:8123")]
    [InlineData("[::1]:1883", "[::1]:1883")]
    public void Loopback_address_is_taken(string text, string expected) => Assert.Equal(expected, BindAddress.Parse("--mqtt", text).ToString());

    [Theory]
    [InlineData("0.0.0.0:1883")]
    [InlineData("[::]:1883")]
    [InlineData("192.168.1.10:1883")]
    public void Any_other_address_is_refused_without_tls(string text)
    {
        OptionException refused = Assert.Throws<OptionException>(() => BindAddress.Parse("--mqtt", text));
        Assert.Equal($"--mqtt: '{text}' is not allowed; only loopback addresses are allowed without TLS, for example 127.0.0.1:1883", refused.Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("1883")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:99999")]
    [InlineData("::1")]
    [InlineData("gateway.example:1883")]
    public void What_is_no_address_is_refused_with_an_example(string text) =>
        Assert.Contains("allowed is ADDRESS:PORT", Assert.Throws<OptionException>(() => BindAddress.Parse("--http", text)).Message, StringComparison.Ordinal);
}
