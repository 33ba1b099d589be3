using IotTelemetry.Cloud.Batches;

namespace IotTelemetry.Cloud.Tests.Batches;

public sealed class RadixSortTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1000, 3)]
    [InlineData(1000, 11)]
    [InlineData(5000, 12)]
    [InlineData(5000, 38)]
    [InlineData(5000, 64)]
    public void Order_is_that_of_a_stable_sort_whatever_the_bits(int count, int bits)
    {
        Random random = new(bits);
        RadixSort sort = new();
        for (int round = 0; round < 3; round++)
        {
            // Fewer each time: what an earlier call left behind must not count.
            ulong[] keys = [.. Enumerable.Range(0, count >> round).Select(_ => bits == 0 ? 0 : (ulong)random.NextInt64() * 2 >> (64 - bits))];
            keys.CopyTo(sort.Keys(keys.Length));
            Assert.Equal(Enumerable.Range(0, keys.Length).OrderBy(i => keys[i]), sort.Order(keys.Length, bits).ToArray());
        }
    }
}
