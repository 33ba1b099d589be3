namespace IotTelemetry.Protocol.Tests;

public sealed class Fnv1aTests
{
    [Fact]
    public void The_vectors_of_RFC_9923_hold()
    {
        Assert.Equal(0xCBF29CE484222325u, Fnv1a.Compute([]));
        Assert.Equal(0xAF63DC4C8601EC8Cu, Fnv1a.Compute("a"u8));
        Assert.Equal(0x85944171F73967E8u, Fnv1a.Compute("foobar"u8));
    }
}
