using System.Buffers;
using IotTelemetry.Mqtt.Packets;
using IotTelemetry.Mqtt.Tests.Codec;

namespace IotTelemetry.Mqtt.Tests.Fuzz;

/// <summary>Mutated packets over the decoder: bounded, seeded, repeatable. Nothing but the protocol error may come out.</summary>
public sealed class DecoderFuzzTests
{
    private const int InputsPerVersion = 150_000;

    [Theory]
    [InlineData(MqttProtocolVersion.V500, 1)]
    [InlineData(MqttProtocolVersion.V311, 2)]
    public void Nothing_but_a_protocol_error_comes_out_of_mutated_packets(MqttProtocolVersion version, int seed)
    {
        var random = new Random(seed);
        var seeds = PacketSeeds.All(version);
        var accepted = 0;
        var refused = 0;
        for (var input = 0; input < InputsPerVersion; input++)
        {
            var bytes = PacketSeeds.Mutate(seeds[random.Next(seeds.Length)], random);
            try
            {
                accepted += ReadAll(bytes, version);
            }
            catch (MqttProtocolException)
            {
                refused++;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Input {input} of seed {seed}, {Convert.ToHexString(bytes)}: {exception}");
            }
        }

        // Both must happen often, or the mutations test nothing.
        Assert.True(accepted > InputsPerVersion / 20, $"{accepted} accepted");
        Assert.True(refused > InputsPerVersion / 4, $"{refused} refused");
    }

    [Fact]
    public void What_is_accepted_after_a_mutation_is_written_and_read_the_same_way()
    {
        var random = new Random(3);
        var seeds = PacketSeeds.All(MqttProtocolVersion.V500).Where(static seed => seed[0] >> 4 == (int)MqttPacketType.Publish).ToArray();
        var output = new ArrayBufferWriter<byte>();
        for (var input = 0; input < 50_000; input++)
        {
            var bytes = PacketSeeds.Mutate(seeds[random.Next(seeds.Length)], random);
            MqttPublishPacket packet;
            try
            {
                if (!MqttPacketReader.TryReadHeader(bytes, 1 << 20, out var header) || header.PacketLength > bytes.Length
                    || header.Type != MqttPacketType.Publish)
                {
                    continue;
                }

                packet = MqttPacketReader.ReadPublish(header, bytes.AsMemory(header.HeaderLength, header.BodyLength), MqttProtocolVersion.V500);
                bytes = bytes[..header.PacketLength];
            }
            catch (MqttProtocolException)
            {
                continue;
            }

            output.ResetWrittenCount();
            MqttPacketWriter.WritePublish(output, packet, MqttProtocolVersion.V500);
            Assert.Equal(bytes, output.WrittenSpan.ToArray());
        }
    }

    private static int ReadAll(byte[] bytes, MqttProtocolVersion version)
    {
        var rest = new ReadOnlySequence<byte>(bytes);
        var count = 0;
        while (MqttPacketReader.TryReadFrame(ref rest, 1 << 20, out var frame))
        {
            AnyPacket.Read(frame.Header, frame.Body.First, version);
            count++;
        }

        return count;
    }
}
