using System.Buffers;
using System.IO.Pipelines;
using IotTelemetry.Broker.Diagnostics;
using IotTelemetry.Broker.Sessions;
using IotTelemetry.Mqtt;
using IotTelemetry.Mqtt.Packets;
using Microsoft.AspNetCore.Connections;

namespace IotTelemetry.Broker.Connections;

/// <summary>
/// One network connection: reads packets, works them off in batches, and ends. The read loop is one asynchronous method without timers or tasks of its
/// own; what is needed only by some clients is made when they need it.
/// </summary>
internal sealed partial class ClientConnection : IOutputOwner, IAcknowledgementSink
{
    private readonly BrokerCore _core;
    private readonly ConnectionContext _context;
    private readonly PipeReader _input;
    private readonly ConnectionOutput _output;
    private Session? _session;
    private PublishIntake? _intake;
    private byte[]? _scratch;
    private long _now;
    private int _state;

    public ClientConnection(BrokerCore core, ConnectionContext context)
    {
        _core = core;
        _context = context;
        _input = context.Transport.Input;
        _output = new ConnectionOutput(context.Transport.Output, core.Options.MaximumOutgoingBytes, this);
        _now = core.Clock.Now;
        _lastPacketAt = _now;
    }

    /// <summary>Its place in the <see cref="ConnectionTable"/>, which alone writes it.</summary>
    public int TableIndex { get; set; }

    /// <summary>The version the client speaks; 5.0 until CONNECT says otherwise.</summary>
    public MqttProtocolVersion Version { get; private set; } = MqttProtocolVersion.V500;

    /// <summary>Publishes whose acknowledgement is deferred.</summary>
    public int Deferred => _intake?.Deferred ?? 0;

    /// <summary>Cancelled when the transport is gone.</summary>
    public CancellationToken Closed => _context.ConnectionClosed;

    /// <summary>The broker's clock at the beginning of the batch being worked off.</summary>
    public long Now => _now;

    private ConnectionState State => (ConnectionState)Volatile.Read(ref _state);

    /// <summary>Serves the client until the connection is over. Does not throw.</summary>
    public async Task RunAsync()
    {
        _core.Connections.Add(this);
        try
        {
            while (State != ConnectionState.Closing)
            {
                var read = await _input.ReadAsync().ConfigureAwait(false);
                var buffer = read.Buffer;
                BatchStep step;
                while ((step = WorkOff(ref buffer)) != BatchStep.NeedMore && State != ConnectionState.Closing)
                {
                    (read, buffer) = await WaitAsync(step, read, buffer).ConfigureAwait(false);
                }

                _input.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (MqttProtocolException e)
        {
            ReportProtocolError(e);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException || e is ConnectionResetException)
        {
            // The transport ended before the client said DISCONNECT; its Will says so to whom it may concern.
        }
        catch (Exception e)
        {
            _core.Logger.ConnectionFailed(e, _session?.ClientId, _context.RemoteEndPoint);
            Close(MqttReasonCode.UnspecifiedError);
        }
        finally
        {
            await EndAsync().ConfigureAwait(false);
        }
    }

    // A connection that another thread has begun to close stays Closing.
    private void Move(ConnectionState from, ConnectionState to) => Interlocked.CompareExchange(ref _state, (int)to, (int)from);

    /// <summary>Works off what was received as far as that goes without waiting, then flushes everything that caused.</summary>
    private BatchStep WorkOff(ref ReadOnlySequence<byte> buffer)
    {
        _now = _core.Clock.Now;
        var flushes = FlushList.Current;
        try
        {
            if (_intake is { IsInProgress: true } intake && intake.Resume(flushes) is var step && step != BatchStep.Continue)
            {
                return step;
            }

            return WorkOff(ref buffer, flushes);
        }
        finally
        {
            _intake?.EndBatch();
            flushes.FlushAll();
        }
    }

    private BatchStep WorkOff(ref ReadOnlySequence<byte> buffer, FlushList flushes)
    {
        var maximum = _core.Options.MaximumPacketSize;
        while (true)
        {
            // Packets that lie whole in the first segment, which is nearly all of them: no sequence is sliced per packet.
            var memory = buffer.First;
            var isLastSegment = buffer.IsSingleSegment;
            var at = 0;
            while (MqttPacketReader.TryReadHeader(memory.Span[at..], maximum, out var header) && header.PacketLength <= memory.Length - at)
            {
                var body = memory.Slice(at + header.HeaderLength, header.BodyLength);
                at += header.PacketLength;
                var step = Take(header, body, flushes);
                if (step != BatchStep.Continue)
                {
                    buffer = buffer.Slice(at);
                    return step;
                }
            }

            // A packet that straddles segments, or the first of the next segment when this one ended with a packet.
            buffer = buffer.Slice(at);
            if (isLastSegment || !MqttPacketReader.TryReadFrame(ref buffer, maximum, out var frame))
            {
                return BatchStep.NeedMore;
            }

            var straddling = Take(frame.Header, frame.ContiguousBody(ref _scratch), flushes);
            if (straddling != BatchStep.Continue)
            {
                return straddling;
            }
        }
    }

    private BatchStep Take(MqttFixedHeader header, ReadOnlyMemory<byte> body, FlushList flushes)
    {
        _lastPacketAt = _now;
        if (header.Type == MqttPacketType.Publish && State == ConnectionState.Connected)
        {
            return Check(_intake!.Begin(header, body, flushes));
        }

        switch (State)
        {
            case ConnectionState.AwaitingConnect:
                return TakeFirst(header, body);
            case ConnectionState.Authenticating:
                return TakeAuthentication(header, body);
            case ConnectionState.Connected or ConnectionState.Reauthenticating:
                return Check(TakeConnected(header, body, flushes));
            default:
                return BatchStep.Close;
        }
    }

    // A client that does not read its acknowledgements is not read either.
    private BatchStep Check(BatchStep step) => step == BatchStep.Continue && _output.IsFull ? BatchStep.Output : step;

    private BatchStep TakeConnected(MqttFixedHeader header, ReadOnlyMemory<byte> body, FlushList flushes)
    {
        switch (header.Type)
        {
            case MqttPacketType.Publish:
                return _intake!.Begin(header, body, flushes);
            case MqttPacketType.PubAck or MqttPacketType.PubRec or MqttPacketType.PubRel or MqttPacketType.PubComp:
                TakeAcknowledgement(header.Type, MqttPacketReader.ReadAck(header.Type, body, Version), flushes);
                return BatchStep.Continue;
            case MqttPacketType.Subscribe:
                TakeSubscribe(MqttPacketReader.ReadSubscribe(body, Version), flushes);
                return BatchStep.Continue;
            case MqttPacketType.Unsubscribe:
                TakeUnsubscribe(MqttPacketReader.ReadUnsubscribe(body, Version), flushes);
                return BatchStep.Continue;
            case MqttPacketType.PingReq:
                TakePing(body, flushes);
                return BatchStep.Continue;
            case MqttPacketType.Disconnect:
                TakeDisconnect(MqttPacketReader.ReadDisconnect(body, Version));
                return BatchStep.Close;
            case MqttPacketType.Auth when Version == MqttProtocolVersion.V500:
                return TakeAuthentication(header, body);
            case MqttPacketType.Connect:
                throw new MqttProtocolException(MqttReasonCode.ProtocolError, "[MQTT-3.1.0-2] a second CONNECT");
            default:
                throw new MqttProtocolException(MqttReasonCode.ProtocolError, $"{header.Type} does not come from a client (section 2.1.2)");
        }
    }

    private void TakeAcknowledgement(MqttPacketType type, in MqttAckPacket ack, FlushList flushes)
    {
        var session = _session!;
        switch (type)
        {
            case MqttPacketType.PubAck:
                session.Acknowledged(ack.PacketId, MqttQualityOfService.AtLeastOnce, flushes);
                break;
            case MqttPacketType.PubRec when ack.ReasonCode.IsError():
                session.Acknowledged(ack.PacketId, MqttQualityOfService.ExactlyOnce, flushes);
                break;
            case MqttPacketType.PubRec:
                var isKnown = session.Received(ack.PacketId);
                WriteRelease(ack.PacketId, isKnown ? MqttReasonCode.Success : MqttReasonCode.PacketIdentifierNotFound, flushes);
                break;
            case MqttPacketType.PubComp:
                session.Released(ack.PacketId, flushes);
                break;
            default:
                _intake!.Release(ack.PacketId, flushes);
                break;
        }
    }
}
