using IotTelemetry.Hardware.Iio;

namespace IotTelemetry.Hardware.Tests.Linux;

public sealed class IioScanElementTests
{
    [Theory]
    [InlineData("be:s16/16>>0", new byte[] { 0xff, 0xfe }, -2)]
    [InlineData("le:s12/16>>4", new byte[] { 0x10, 0x80 }, -2047)]
    [InlineData("le:u16/16>>0", new byte[] { 0xff, 0xff }, 65535)]
    [InlineData("le:u8/8", new byte[] { 0x80 }, 128)]
    [InlineData("be:u24/32>>8", new byte[] { 0x01, 0x02, 0x03, 0xff }, 0x010203)]
    [InlineData("le:s64/64>>0", new byte[] { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff }, -1)]
    public void Element_is_decoded_as_its_type_says(string type, byte[] bytes, long value) => Assert.Equal(value, IioScanElement.Parse(type, 0).Decode(bytes));

    [Theory]
    [InlineData("le:s16")]
    [InlineData("xx:s16/16")]
    [InlineData("le:s16/16X3>>0")]
    [InlineData("le:s16/12>>0")]
    [InlineData("")]
    public void Unknown_type_is_refused(string type) => Assert.Throws<FormatException>(() => IioScanElement.Parse(type, 0));

    [Fact]
    public void Elements_are_aligned_to_their_size_and_the_scan_to_the_largest()
    {
        var (offsets, size) = IioScanElement.Layout([IioScanElement.Parse("be:s16/16", 0), IioScanElement.Parse("be:s16/16", 1), IioScanElement.Parse("be:s16/16", 2), IioScanElement.Parse("le:s64/64", 3)]);

        Assert.Equal([0, 2, 4, 8], offsets);
        Assert.Equal(16, size);
    }
}
