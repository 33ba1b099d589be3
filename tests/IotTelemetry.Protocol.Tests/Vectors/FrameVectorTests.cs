namespace IotTelemetry.Protocol.Tests;

/// <summary>
/// The golden frames in <c>protocol/vectors</c>. They never change within a major version: a reader of today reads them for good. A new one is written by
/// running the tests with WRITE_VECTORS=1.
/// </summary>
public sealed class FrameVectorTests
{
    private static readonly bool IsWriting = Environment.GetEnvironmentVariable("WRITE_VECTORS") == "1";

    public static TheoryData<string> Names => [.. FrameVector.All.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_golden_frame_decodes_to_what_its_file_says(string name)
    {
        FrameVector vector = VectorNamed(name);
        if (IsWriting && !File.Exists(vector.HexFile))
        {
            Write(vector);
        }
        Birth birth = Birth.Decode(File.ReadAllBytes(FrameVector.BirthFile));
        FrameColumns columns = new();
        new FrameDecoder().Decode(FrameVector.ReadHex(File.ReadAllText(vector.HexFile)), birth, columns);
        Assert.Equal(File.ReadAllText(vector.JsonFile), FrameVector.Describe(columns));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_dump_of_a_golden_frame_explains_its_bytes(string name)
    {
        FrameVector vector = VectorNamed(name);
        string dump = File.ReadAllText(vector.HexFile);
        Assert.Equal(dump, vector.Explain(FrameVector.ReadHex(dump)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_readings_of_a_golden_frame_encode_to_its_bytes(string name)
    {
        FrameVector vector = VectorNamed(name);
        byte[] golden = FrameVector.ReadHex(File.ReadAllText(vector.HexFile));
        byte[] encoded = vector.Encode();
        if (vector.Compression == FrameCompression.None)
        {
            Assert.Equal(golden, encoded);
        }
        else
        {
            // Brotli's own bytes may differ from one version of the runtime to the next.
            FrameColumns columns = new();
            new FrameDecoder().Decode(encoded, Samples.Mixed, columns);
            Assert.Equal(File.ReadAllText(vector.JsonFile), FrameVector.Describe(columns));
        }
    }

    [Fact]
    public void The_golden_birth_is_written_and_read_byte_for_byte()
    {
        byte[] golden = File.ReadAllBytes(FrameVector.BirthFile);
        Assert.Equal(golden, Samples.Mixed.Encode());
        Assert.Equal(golden, Birth.Decode(golden).Encode());
    }

    private static FrameVector VectorNamed(string name) => FrameVector.All.Single(vector => vector.Name == name);

    private static void Write(FrameVector vector)
    {
        Directory.CreateDirectory(Repository.Vectors);
        if (!File.Exists(FrameVector.BirthFile))
        {
            File.WriteAllBytes(FrameVector.BirthFile, Samples.Mixed.Encode());
        }
        byte[] frame = vector.Encode();
        FrameColumns columns = new();
        new FrameDecoder().Decode(frame, Samples.Mixed, columns);
        File.WriteAllText(vector.HexFile, vector.Explain(frame));
        File.WriteAllText(vector.JsonFile, FrameVector.Describe(columns));
    }
}
